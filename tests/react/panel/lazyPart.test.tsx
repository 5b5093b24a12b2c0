import { render, screen } from '@testing-library/react';
import { Suspense, useState } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { userEvent } from '@testing-library/user-event';
import { lazyPart } from '../../../backoffice/panel/feedback/lazyPart.ts';

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 200 });
});
afterEach(() => {
  vi.useRealTimers();
});

it('a part whose code cannot be fetched leaves the screen and what is typed on it alone, and comes when it can', async () => {
  let tries = 0;
  const Part = lazyPart(() =>
    ++tries < 4 ? Promise.reject(new Error('the server is away')) : Promise.resolve(() => <p>the part</p>),
  );
  function Screen() {
    const [text, setText] = useState('');
    return (
      <>
        <input aria-label="typed" value={text} onChange={(event) => setText(event.target.value)} />
        <Suspense fallback={null}>
          <Part />
        </Suspense>
      </>
    );
  }
  render(<Screen />);
  await userEvent.setup({ advanceTimers: vi.advanceTimersByTime }).type(screen.getByLabelText('typed'), 'kept');
  await vi.waitFor(() => expect(screen.getByText('the part')).toBeInTheDocument(), { timeout: 15_000 });
  expect(tries).toBe(4);
  expect(screen.getByLabelText('typed')).toHaveValue('kept');
});
