import { useLanguage } from '../language/language.tsx';

/**
 * Something is on its way. What stands behind it on the page is not seen before that is there (`Page` sees to it): so nothing moves
 * that somebody reads already.
 */
export function Starting() {
  const { t } = useLanguage();
  return <p aria-busy="true">{t('starting')}…</p>;
}
