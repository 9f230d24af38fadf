import type { FastifyInstance } from 'fastify';
import { type AlertRouteParts, addAlertRoutes } from './alerts/routes.ts';
import { addEventRoutes, type EventRouteParts } from './events/routes.ts';
import { addEvidenceRoutes, type EvidenceRouteParts } from './evidence/routes.ts';
import { addNoteRoutes } from './notes/routes.ts';
import { addReadRoutes } from './reads/routes.ts';

export type WatchRouteParts = AlertRouteParts & EvidenceRouteParts & EventRouteParts;

/** What an operator is told and shown, and tells the next one. */
export function addWatchRoutes(app: FastifyInstance, parts: WatchRouteParts): void {
  addAlertRoutes(app, parts);
  addNoteRoutes(app, parts.database);
  addEvidenceRoutes(app, parts);
  addEventRoutes(app, parts);
  addReadRoutes(app, parts.database);
}
