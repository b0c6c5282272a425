"""A client from the registry (pytest-lsp) speaks to `yolos lsp` about every notebook.

YOLOS names the program and NOTEBOOKS the folder; `python -m pytest -s` also says how long answers took.
"""

import asyncio
import os
import pathlib
import re
import statistics
import time

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

FOLDER = pathlib.Path(os.environ["NOTEBOOKS"])
FILES = sorted(p for p in FOLDER.iterdir() if p.suffix in (".yolos", ".md"))
TIMES: dict[str, list[float]] = {}


@pytest_lsp.fixture(config=ClientServerConfig(server_command=[os.environ["YOLOS"], "lsp"]))
async def client(lsp_client: LanguageClient):
    capabilities = client_capabilities("visual-studio-code")
    result = await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=capabilities,
            workspace_folders=[types.WorkspaceFolder(uri=FOLDER.as_uri(), name="notebooks")],
        )
    )
    assert result.server_info.name == "yolos"
    yield
    await lsp_client.shutdown_session()


async def timed(kind, request):
    start = time.perf_counter()
    result = await request
    TIMES.setdefault(kind, []).append(time.perf_counter() - start)
    return result


async def opened(client, uri, text, language):
    start = time.perf_counter()
    known = len(client.log_messages)
    waiting = client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    client.text_document_did_open(
        types.DidOpenTextDocumentParams(
            types.TextDocumentItem(uri=uri, language_id=language, version=1, text=text)
        )
    )
    await asyncio.wait_for(waiting, 60)
    TIMES.setdefault("open to diagnostics", []).append(time.perf_counter() - start)
    assert known == len(client.log_messages)
    return list(client.diagnostics[uri])


async def changed(client, uri, version, line, text):
    start = time.perf_counter()
    waiting = client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    place = types.Position(line=line, character=0)
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(version=version, uri=uri),
            [types.TextDocumentContentChangePartial(types.Range(place, place), text)],
        )
    )
    await asyncio.wait_for(waiting, 60)
    TIMES.setdefault("change to diagnostics", []).append(time.perf_counter() - start)
    return list(client.diagnostics[uri])


async def everything(client, uri, text, places):
    """All requests about a document, at some of its places."""
    document = types.TextDocumentIdentifier(uri=uri)
    symbols = await timed(
        "symbols",
        client.text_document_document_symbol_async(types.DocumentSymbolParams(document)),
    )
    assert symbols
    await timed(
        "folding", client.text_document_folding_range_async(types.FoldingRangeParams(document))
    )
    options = types.FormattingOptions(tab_size=2, insert_spaces=True)
    edits = await timed(
        "formatting",
        client.text_document_formatting_async(types.DocumentFormattingParams(document, options)),
    )
    assert list(edits) == [], "the notebooks are formatted"
    hovers = 0
    for place in places:
        position = types.TextDocumentPositionParams(document, place)
        hover = await timed(
            "hover", client.text_document_hover_async(types.HoverParams(document, place))
        )
        hovers += hover is not None
        await timed(
            "completion",
            client.text_document_completion_async(types.CompletionParams(document, place)),
        )
        await timed(
            "signature help",
            client.text_document_signature_help_async(types.SignatureHelpParams(document, place)),
        )
        definition = await timed(
            "definition",
            client.text_document_definition_async(types.DefinitionParams(document, place)),
        )
        references = await timed(
            "references",
            client.text_document_references_async(
                types.ReferenceParams(
                    types.ReferenceContext(include_declaration=True), document, place
                )
            ),
        )
        if references:
            word = word_at(text, place)
            for reference in references:
                assert word_at(text, reference.range.start) == word
        if await client.text_document_prepare_rename_async(
            types.PrepareRenameParams(document, place)
        ):
            edit = await timed(
                "rename",
                client.text_document_rename_async(
                    types.RenameParams(document, place, "quite_another_name")
                ),
            )
            assert len(edit.changes[uri]) == len(references)
            assert definition
        await timed(
            "code actions",
            client.text_document_code_action_async(
                types.CodeActionParams(
                    document, types.Range(place, place), types.CodeActionContext([])
                )
            ),
        )
        assert position
    return hovers


def word_at(text, place):
    line = text.split("\n")[place.line]
    units = line.encode("utf-16-le")
    before = units[: 2 * place.character].decode("utf-16-le")
    after = units[2 * place.character :].decode("utf-16-le")
    return re.search(r"\w*$", before).group() + re.match(r"\w*", after).group()


def places_of(text, step):
    """Names and words of steps, every so manieth of them."""
    result = []
    generated = False
    for number, line in enumerate(text.split("\n")):
        generated = generated or line.startswith("<!-- yolos:out")
        if not generated and not line.startswith("#"):
            code = re.sub(r'"[^"]*"', lambda m: "." * len(m.group()), line.split("##")[0])
            for match in re.finditer(r"\b[a-z]\w*", code):
                result.append(types.Position(line=number, character=match.start() + 1))
        generated = generated and not line.startswith("<!-- yolos:end")
    return result[::step]


@pytest.mark.asyncio
@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
async def test_notebook(client, path):
    text = path.read_text()
    language = "markdown" if path.suffix == ".md" else "yolos"
    uri = path.as_uri()
    assert await opened(client, uri, text, language) == []
    # Prose of reports may hold a run's values, and then refuses other names for them.
    places = places_of(text, 3) if path.suffix == ".yolos" else []
    hovers = await everything(client, uri, text, places)
    assert hovers > 0.9 * len(places) or not places
    last = text.count("\n")
    if path.suffix == ".yolos":
        found = await changed(client, uri, 2, last, "show plusch\n")
        assert len(found) == 1 and "unknown name 'plusch'" in found[0].message
        report(path.name)


@pytest.mark.asyncio
async def test_ten_thousand_lines(client):
    lines = ["param epochs = 3", "data = dataset \"absent.yaml\"", "n = load \"yolov8n.yaml\""]
    for number in range(2499):
        lines += [
            f"run{number} = train n data=data epochs=epochs batch=8",
            f"# ## Run {number}, best epoch {{run{number}.best.epoch}}",
            f"score{number} = run{number}.best.map50 * 2 + {number}",
            "",
        ]
    lines += ["print score0"]
    text = "\n".join(lines) + "\n"
    TIMES.clear()
    uri = (FOLDER / "long.yolos").as_uri()
    found = await opened(client, uri, text, "yolos")
    assert len(found) == 1 and "file not found" in found[0].message
    places = [
        types.Position(line=3 + 4 * n, character=c) for n in (0, 1200, 2498) for c in (2, 12, 20, 40)
    ]
    await everything(client, uri, text, places)
    found = await changed(client, uri, 2, 9000, "print scor1\n")
    assert len(found) == 2
    report("10,000 lines")


def report(name):
    for kind, values in sorted(TIMES.items()):
        print(
            f"{name}: {kind}: median {1000 * statistics.median(values):.1f} ms,"
            f" longest {1000 * max(values):.1f} ms of {len(values)}"
        )
    TIMES.clear()
