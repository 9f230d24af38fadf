import type { FastifyInstance } from 'fastify';
import { type AlertRouteParts, addAlertRoutes } from './alerts/routes.ts';
import { addNoteRoutes } from './notes/routes.ts';

/** What an operator is told, and tells the next one. */
export function addWatchRoutes(app: FastifyInstance, parts: AlertRouteParts): void {
  addAlertRoutes(app, parts);
  addNoteRoutes(app, parts.database);
}
