-- Neovim, without a window, as a client of `yolos lsp`. NVIM_FILE is the file that is opened, YOLOS the program.
-- Says what the server gave, a line each, and ends.
local yolos, file = vim.env.YOLOS, vim.env.NVIM_FILE
local function say(text) io.stdout:write(text .. "\n") end
local function wait(what, test)
  if not vim.wait(20000, test, 10) then say("no " .. what); vim.cmd("cquit") end
end
vim.cmd("edit " .. vim.fn.fnameescape(file))
local buffer = vim.api.nvim_get_current_buf()
local told = false
local id = vim.lsp.start_client({
  name = "yolos", cmd = { yolos, "lsp" }, root_dir = vim.fn.fnamemodify(file, ":h"),
  handlers = {
    ["textDocument/publishDiagnostics"] = function(error, result, context, config)
      vim.lsp.diagnostic.on_publish_diagnostics(error, result, context, config)
      told = true
    end,
  },
  get_language_id = function() return file:match("%.md$") and "markdown" or "yolos" end,
})
vim.lsp.buf_attach_client(buffer, id)
wait("diagnostics", function() return told end)
say("diagnostics " .. #vim.diagnostic.get(buffer))
local function ask(method, parameters)
  local answers = vim.lsp.buf_request_sync(buffer, method, parameters, 20000)
  local answer = answers and answers[id]
  if not answer or answer.err then say(method .. " failed"); vim.cmd("cquit") end
  return answer.result
end
local document = { uri = vim.uri_from_bufnr(buffer) }
say("symbols " .. #ask("textDocument/documentSymbol", { textDocument = document }))
say("folds " .. #ask("textDocument/foldingRange", { textDocument = document }))
-- A line of one's own at the end, of the notation's kind.
local lines = file:match("%.md$") and { "```yolos", "mine = loda \"yolov8n.yaml\"", "```" }
  or { "mine = loda \"yolov8n.yaml\"" }
told = false
vim.api.nvim_buf_set_lines(buffer, -1, -1, false, lines)
wait("diagnostics behind a change", function() return told end)
local found = vim.diagnostic.get(buffer)
say("after the change " .. #found)
local finding = found[#found]
local first = { line = finding.lnum, character = finding.col }
local actions = ask("textDocument/codeAction", {
  textDocument = document, range = { start = first, ["end"] = first },
  context = { diagnostics = {} },
})
told = false
vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
wait("diagnostics after the repair", function() return told end)
say("after the repair " .. #vim.diagnostic.get(buffer))
say("hover " .. tostring(ask("textDocument/hover", {
  textDocument = document, position = first }).contents.value:match("load file") ~= nil))
vim.lsp.buf.formatting_sync({}, 20000)
say("modified by the formatter " .. tostring(
  vim.api.nvim_buf_get_lines(buffer, first.line, first.line + 1, false)[1] ~= "mine = load \"yolov8n.yaml\""))
vim.lsp.stop_client(id)
wait("end of the server", function() return vim.lsp.client_is_stopped(id) end)
say("done")
vim.cmd("qall!")
