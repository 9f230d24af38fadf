import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import type { Side } from './side.ts';

const SETS_MAX = 200;
/** At once, as when a balancer repeats a request that it believes lost. */
const COPIES = 2;
const ANSWER_TIMEOUT_MS = 10_000;

/** Sends messages of one side to the other once more, from the outside, as that side's gateway would. */
export async function resend(from: Side, to: Side, which: 'pending' | 'delivered'): Promise<void> {
  const rows = await from.store
    .query<{ id: string; jws: string }>(SELECTIONS[which], [SETS_MAX])
    .catch(() => []);
  if (rows.length === 0) return;
  const body = JSON.stringify({ sets: Object.fromEntries(rows.map(({ id, jws }) => [id, jws])) });
  const { cert, key } = from.prepared.tls;
  await using agent = await partnerAgent(to.prepared.tls.ca, cert, key);
  const ports = to.processes.map(({ exchangePort }) => exchangePort);
  const copies = Array.from({ length: COPIES }, (_, n) => post(agent.agent, ports[n % ports.length], body));
  await Promise.all(copies);
}

const SELECTIONS = {
  pending: `select m.id, m.jws from outbox o join message m on m.id = o.id and m.link = o.link and m.direction = 'out'
            order by o.position limit $1`,
  delivered: `select m.id, m.jws from delivery d join message m on m.id = d.id and m.link = d.link and m.direction = 'out'
              where m.jws is not null order by random() limit $1`,
};

interface PartnerAgent extends AsyncDisposable {
  agent: Agent;
}

async function partnerAgent(ca: string, cert: string, key: string): Promise<PartnerAgent> {
  const [caText, certText, keyText] = await Promise.all(
    [ca, cert, key].map((file) => readFile(file, 'utf8')),
  );
  const agent = new Agent({ connect: { ca: caText, cert: certText, key: keyText } });
  return { agent, [Symbol.asyncDispose]: () => agent.destroy() };
}

async function post(agent: Agent, port: number | undefined, body: string): Promise<void> {
  try {
    const answer = await request(`https://127.0.0.1:${port}/exchange/sets`, {
      method: 'POST',
      dispatcher: agent,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    await answer.body.dump();
  } catch {
    // Frozen or killed just now: then it was no repeat.
  }
}
