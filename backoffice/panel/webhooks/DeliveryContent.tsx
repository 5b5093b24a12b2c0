/** The call and its answer as they went over the network, for whoever looks for the cause. */
import { useTranslation } from 'react-i18next';
import { useFormats } from '../language/useFormats.ts';
import type { Delivery } from './delivery.ts';
import styles from './webhooks.module.css';

/** Two sections; what there is nothing of says so. */
export function DeliveryContent({ delivery }: { readonly delivery: Delivery }) {
  const { t } = useTranslation();
  const { request, answer } = delivery;
  return (
    <>
      <section className={styles.content} aria-labelledby="sent">
        <h2 id="sent">{t('webhooks.delivery.sent')}</h2>
        {request == null ? (
          <p className={styles.quiet}>{t('webhooks.delivery.noRequest')}</p>
        ) : (
          <>
            <p className={styles.address}>{request.url}</p>
            <Part name={t('webhooks.delivery.sent')} {...request} />
          </>
        )}
      </section>
      <section className={styles.content} aria-labelledby="answered">
        <h2 id="answered">{t('webhooks.delivery.answered')}</h2>
        {answer == null ? (
          <p className={styles.quiet}>{t('webhooks.delivery.noAnswer')}</p>
        ) : (
          <Part name={t('webhooks.delivery.answered')} {...answer} />
        )}
      </section>
    </>
  );
}

/** Headers folded away, the body as it is. */
function Part({
  name,
  headers,
  body,
  bodyBytes,
}: {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly bodyBytes: number | null;
}) {
  const { t } = useTranslation();
  const { number } = useFormats();
  const shown = new TextEncoder().encode(body).length;
  const isCut = bodyBytes !== null && bodyBytes > shown;
  const all = Object.entries(headers);
  return (
    <>
      {all.length > 0 && (
        <details className={styles.headers}>
          <summary>{t('webhooks.delivery.headers')}</summary>
          <dl>
            {all.map(([header, value]) => (
              <div key={header}>
                <dt>{header}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {body === '' ? (
        <p className={styles.quiet}>{t('webhooks.delivery.emptyBody')}</p>
      ) : (
        <pre className={styles.body} role="region" aria-label={`${name}, ${t('webhooks.delivery.body')}`} tabIndex={0}>
          {isCut ? body : indented(body)}
        </pre>
      )}
      {isCut && (
        <p className={styles.quiet}>{t('webhooks.delivery.cut', { shown: number(shown), total: number(bodyBytes) })}</p>
      )}
    </>
  );
}

/** JSON in lines; anything else as it is. */
function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    // A page or a plain sentence: it is shown as it came.
    return body;
  }
}
