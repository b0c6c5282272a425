'use strict';
// Starts `yolos lsp` for scripts and for Markdown, and runs scripts in a terminal, where yolos shows its progress.

const path = require('path');
const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

function program() {
  return vscode.workspace.getConfiguration('yolos').get('path') || 'yolos';
}

async function start() {
  client = new LanguageClient(
    'yolos', 'yolos', { command: program(), args: ['lsp'] },
    {
      documentSelector: [{ language: 'yolos' }, { language: 'markdown', scheme: 'file' }],
      initializationOptions: { runLenses: true },
      // Findings depend on which files are there.
      synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher('**/*.{yolos,md,yaml,yml,pt,safetensors}') },
    });
  try {
    await client.start();
  } catch (error) {
    vscode.window.showErrorMessage(
      `'${program()} lsp' could not be started. Set yolos.path to the program. (${error.message || error})`);
  }
}

/** The document of a command: what a lens names, or the one in the active editor. */
async function documentOf(uri) {
  if (uri) return vscode.workspace.openTextDocument(typeof uri === 'string' ? vscode.Uri.parse(uri) : uri);
  return vscode.window.activeTextEditor?.document;
}

/** Runs a script, whole or up to the step of a line, and offers its report. */
async function run(document, line) {
  if (!document) return;
  if (document.isUntitled) {
    vscode.window.showInformationMessage('Save the script first: its paths count from its folder.');
    return;
  }
  await document.save();
  const file = document.uri.fsPath;
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  const cwd = folder ? folder.uri.fsPath : path.dirname(file);
  const stem = path.basename(file, path.extname(file));
  // A part of a script has a report of its own, so that it leaves that of the whole alone.
  const report = line ? path.join('.yolos', 'editor', `${stem}.md`) : path.join('reports', `${stem}.md`);
  const args = ['run', file, '-o', report].concat(line ? ['--until', String(line)] : []);
  const name = path.basename(file) + (line ? `, to line ${line}` : '');
  const task = new vscode.Task(
    { type: 'process' }, folder || vscode.TaskScope.Workspace, name, 'yolos',
    new vscode.ProcessExecution(program(), args, { cwd }));
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Shared, clear: true,
  };
  // Listening comes first: a script whose results are all there ends at once.
  const ended = new Promise((resolve) => {
    const listener = vscode.tasks.onDidEndTaskProcess((event) => {
      if (event.execution.task.name !== name || event.execution.task.source !== 'yolos') return;
      listener.dispose();
      resolve(event.exitCode);
    });
  });
  await vscode.tasks.executeTask(task);
  const code = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: `$(sync~spin) yolos: ${name}` }, () => ended);
  if (code !== 0) return;
  const answer = await vscode.window.showInformationMessage(`${name}: done`, 'Open report');
  if (answer) {
    await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(path.join(cwd, report)));
  }
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand('yolos.runFile', async (uri) => run(await documentOf(uri))),
    vscode.commands.registerCommand('yolos.runTo', async (uri, line) => {
      const document = await documentOf(typeof line === 'number' ? uri : undefined);
      const cursor = vscode.window.activeTextEditor?.selection.active.line ?? 0;
      return run(document, typeof line === 'number' ? line : cursor + 1);
    }),
    vscode.commands.registerCommand('yolos.restart', async () => {
      await client?.stop().catch(() => undefined);
      await start();
    }));
  await start();
}

function deactivate() {
  return client?.stop();
}

module.exports = { activate, deactivate };
