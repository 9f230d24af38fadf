import { startEmbeddedServer } from '../../src/store/embedded-server.ts';

/** A process that uses the embedded server of a data directory: says the URL, leaves when its input ends. */
const server = await startEmbeddedServer(process.argv[2] ?? '');
process.stdout.write(`${server.connectionString}\n`);
process.stdin.on('end', () => void server.close()).resume();
