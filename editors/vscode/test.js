'use strict';
// Loads the extension with stand-ins for VS Code and its client, and looks at what it asks of them: `node test.js`.

const assert = require('assert');
const Module = require('module');

const commands = {}, tasks = [], shown = [], opened = [];
let options, ended;
const uri = { fsPath: '/folder/notes/toys.yolos' };
const document = { uri, isUntitled: false, save: async () => { opened.push('saved'); } };
class Task {
  constructor(definition, scope, name, source, execution) {
    Object.assign(this, { definition, scope, name, source, execution });
  }
}
const vscode = {
  Task,
  ProcessExecution: class { constructor(program, args, more) { Object.assign(this, { program, args, more }); } },
  TaskScope: { Workspace: 2 }, TaskRevealKind: { Always: 1 }, TaskPanelKind: { Shared: 1 },
  ProgressLocation: { Window: 10 },
  Uri: { parse: () => uri, file: (path) => ({ path }) },
  workspace: {
    getConfiguration: () => ({ get: () => '/opt/yolos' }),
    createFileSystemWatcher: (pattern) => pattern,
    openTextDocument: async () => document,
    getWorkspaceFolder: () => ({ uri: { fsPath: '/folder' } }),
  },
  window: {
    activeTextEditor: { document, selection: { active: { line: 6 } } },
    showErrorMessage: (text) => shown.push(text),
    showInformationMessage: async (text, button) => { shown.push(text); return button; },
    withProgress: async (where, body) => { shown.push(where.title); return body(); },
  },
  commands: {
    registerCommand: (name, body) => { commands[name] = body; return {}; },
    executeCommand: async (name, target) => opened.push(`${name} ${target.path}`),
  },
  tasks: {
    onDidEndTaskProcess: (body) => { ended = body; return { dispose: () => { ended = undefined; } }; },
    // The process ends before anybody waits for it.
    executeTask: async (task) => { tasks.push(task); ended({ execution: { task }, exitCode: 0 }); },
  },
};
const library = {
  LanguageClient: class {
    constructor(...all) { options = all; }
    async start() {}
    async stop() {}
  },
};
const load = Module._load;
Module._load = (name, ...rest) =>
  name === 'vscode' ? vscode : name === 'vscode-languageclient/node' ? library : load(name, ...rest);

(async () => {
  const extension = require('./extension.js');
  const manifest = require('./package.json');
  await extension.activate({ subscriptions: [] });
  assert.deepStrictEqual(options[2], { command: '/opt/yolos', args: ['lsp'] });
  assert.strictEqual(options[3].initializationOptions.runLenses, true);
  for (const { command } of manifest.contributes.commands) assert(commands[command], command);

  await commands['yolos.runFile']();
  assert.deepStrictEqual(tasks[0].execution.args, ['run', uri.fsPath, '-o', 'reports/toys.md']);
  assert.strictEqual(tasks[0].execution.more.cwd, '/folder');
  await commands['yolos.runTo']('file:///folder/notes/toys.yolos', 12);
  assert.deepStrictEqual(
    tasks[1].execution.args, ['run', uri.fsPath, '-o', '.yolos/editor/toys.md', '--until', '12']);
  await commands['yolos.runTo'](uri);
  assert.strictEqual(tasks[2].execution.args[5], '7');
  assert(shown.includes('$(sync~spin) yolos: toys.yolos') && shown.includes('toys.yolos: done'));
  assert(opened.includes('markdown.showPreview /folder/reports/toys.md') && opened.includes('saved'));
  await commands['yolos.restart']();
  await extension.deactivate();
  console.log('the extension does what it should');
})();
