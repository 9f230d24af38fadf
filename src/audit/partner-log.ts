import type { PartnerConnection, PartnerReader } from '../delivery/send-sets.ts';

/** What a partner's exchange listener answers about logs. */
export interface LogAnswer {
  status: number;
  contentType: string;
  body: Buffer;
}

/** The partner as witness of our logs and as keeper of its own. Throws for what the network does. */
export interface PartnerLog {
  /** C2SP tlog-witness; the body is that of witness-request.ts. */
  addCheckpoint(body: string): Promise<LogAnswer>;
  /** C2SP tlog-tiles, below the partner's base address. */
  read(path: string): Promise<LogAnswer>;
}

export function partnerLog(connection: PartnerConnection & PartnerReader): PartnerLog {
  return {
    async addCheckpoint(body) {
      const answer = await connection.post('/add-checkpoint', 'text/plain; charset=utf-8', body);
      return {
        status: answer.status,
        contentType: String(answer.headers['content-type'] ?? ''),
        body: Buffer.from(answer.body),
      };
    },
    read: (path) => connection.read(path),
  };
}
