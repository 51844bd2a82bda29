// Compiles a project of TypeScript, and compares what comes out with the files that are there.
//
//   PROJECT  the path of its tsconfig.json
//
// Ends with 1 and what is wrong, if the source has errors or other scripts are there.

import { readFileSync } from 'node:fs';
import ts from 'typescript';

const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (error) => wrong.push(error) };
const wrong = [];
const { fileNames, options } = ts.getParsedCommandLineOfConfigFile(process.env.PROJECT, {}, host);
const program = ts.createProgram(fileNames, options);
wrong.push(...ts.getPreEmitDiagnostics(program));
const others = [];
program.emit(undefined, (file, text) => {
  if (readFileSync(file, 'utf8') !== text) others.push(file);
});
if (wrong.length > 0) console.log(ts.formatDiagnostics(wrong, ts.createCompilerHost(options)));
for (const file of others) console.log(`${file} is not what its source says: run \`npx tsc -p ${process.env.PROJECT}\` in tests/browser`);
process.exit(fileNames.length === 0 || wrong.length + others.length > 0 ? 1 : 0);
