import './messages.css';
import type { PageProps } from '../places.ts';
import { MessageDetail } from './message-detail.tsx';
import { MessageList } from './message-list.tsx';

/** All messages of both directions, or one of them. */
export default function MessagesPage({ rest }: PageProps) {
  return rest === '' ? <MessageList /> : <MessageDetail key={rest} id={rest} />;
}
