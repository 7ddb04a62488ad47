import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Problem } from '../components/problem.tsx';
import { useLanguage } from '../language/language.tsx';
import type { SiteSettings } from '../settings.ts';
import { type Session, signInAgain } from './session.ts';

const useStyles = makeStyles({
  dialog: {
    maxWidth: '440px',
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorNeutralBackground1,
    color: tokens.colorNeutralForeground1,
  },
});

/** The session is over: what was typed stays behind it, and goes on once somebody signed in in another window. */
export function SessionDialog({ settings, session }: { readonly settings: SiteSettings; readonly session: Session }) {
  const { t } = useLanguage();
  const styles = useStyles();
  const queries = useQueryClient();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    session.onEnded = () => {
      if (dialog.current && !dialog.current.open) dialog.current.showModal();
    };
  }, [session]);
  const again = useMutation({
    mutationFn: () => signInAgain(settings, session),
    onSuccess: () => {
      dialog.current?.close();
      // What is shown already stays: only what could not be read meanwhile is read again.
      return queries.invalidateQueries({ predicate: ({ state }) => state.status === 'error' });
    },
  });
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="session-ended" onCancel={(e) => e.preventDefault()}>
      <h2 id="session-ended">{t('sessionEnded')}</h2>
      <p>{t('sessionEndedText')}</p>
      {again.error && <Problem error={again.error} />}
      <Button appearance="primary" onClick={() => again.mutate()}>
        {t('signIn')}
      </Button>
    </dialog>
  );
}
