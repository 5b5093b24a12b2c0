import { useState, type FormEvent, type ReactElement } from 'react';
import { usePageLanguage } from './PageLanguage.tsx';
import type { SignInFault, UsedSession } from './useSession.tsx';

/** A form that a password manager understands. */
export function SignInForm(props: { readonly onSignIn: UsedSession['signIn'] }): ReactElement {
  const { words, change } = usePageLanguage();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<SignInFault | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    const refused = await props.onSignIn(username, password);
    // Signed in, this form is gone.
    if (refused === null) return;
    setFault(refused);
    setIsBusy(false);
  };
  return (
    <main className="sign-in">
      <h1>{words.signIn.heading}</h1>
      <form onSubmit={(event) => void submit(event)}>
        <label>
          {words.signIn.username}
          <input
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            required
            value={username}
            onChange={(event) => setUsername(event.target.value)}
          />
        </label>
        <label>
          {words.signIn.password}
          <input
            name="password"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        {fault !== null && (
          <p className="fault-text" role="alert">
            {words.signIn[fault]}
          </p>
        )}
        <button type="submit" className="primary" disabled={isBusy}>
          {words.signIn.submit}
        </button>
      </form>
      <p className="quiet">{words.signIn.hint}</p>
      <button type="button" className="plain" onClick={change}>
        {words.otherLanguage}
      </button>
    </main>
  );
}
