import './style/tokens.css';
import './style/base.css';
import './style/frame.css';
import './style/parts.css';
import './words/theme.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { loadSession } from './api/session.ts';
import { App } from './app.tsx';

const root = document.getElementById('console');
if (!root) throw new Error('the page has no place for the console');
void loadSession();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
