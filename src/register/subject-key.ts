import type { Party } from '../contract/party.ts';

/** What a version counts within: one subject, as one party states it, on one link. */
export interface SubjectKey {
  link: string;
  party: Party;
  subject: string;
}

/** One string per subject key, for maps. None of the parts may hold a space. */
export function subjectKeyText({ link, party, subject }: SubjectKey): string {
  return `${link} ${party} ${subject}`;
}
