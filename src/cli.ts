import { buildProgram } from './commands/program.ts';

await buildProgram((code) => process.exit(code)).parseAsync();
