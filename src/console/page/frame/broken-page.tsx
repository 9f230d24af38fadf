import { Component, type ReactNode } from 'react';
import { say } from '../words/language.ts';

/** A fault in one page leaves the frame standing, and says what to do. */
export class BrokenPage extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <section className="page" role="alert">
        <h1>{say('frame.broken')}</h1>
        <p>{say('frame.broken-do')}</p>
        <p>
          <code>{error.message}</code>
        </p>
        <button type="button" onClick={() => window.location.reload()}>
          {say('frame.load-again')}
        </button>
      </section>
    );
  }
}
