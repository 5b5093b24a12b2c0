import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './page.css';
import { PageLanguage } from './PageLanguage.tsx';
import { SessionGate } from './SessionGate.tsx';
import { Toasts } from './Toasts.tsx';

const root = document.querySelector('#root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <PageLanguage>
        <Toasts>
          <SessionGate />
        </Toasts>
      </PageLanguage>
    </StrictMode>,
  );
