import { createDOMRenderer, FluentProvider, RendererProvider } from '@fluentui/react-components';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { openPlanes } from './api/planes.ts';
import { Refusal } from './api/refusal.ts';
import { PlanesContext } from './api/use-planes.ts';
import { LanguageProvider, preferredLanguage, translate } from './language/language.tsx';
import { makeRouter, OPEN_PAGES } from './router.tsx';
import { beginSignIn, finishSignIn, handOver, type Session, SessionEnded } from './session/session.ts';
import { SessionDialog } from './session/session-dialog.tsx';
import { loadSettings, portalBase, type SiteSettings } from './settings.ts';
import { THEMES, ThemeContext, useTheme } from './shell/theme.ts';
import './page.css';

const nonce = document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce ?? '';
const renderer = createDOMRenderer(document, { styleElementAttributes: { nonce } });

const here = () => `${location.pathname}${location.search}${location.hash}`;

function queryClient(): QueryClient {
  const retry = (count: number, error: Error) =>
    !(error instanceof Refusal || error instanceof SessionEnded) && count < 2;
  return new QueryClient({
    defaultOptions: { queries: { retry, staleTime: 15_000, refetchOnWindowFocus: false } },
  });
}

function assemble(settings: SiteSettings, session: Session | undefined) {
  const planes = session && openPlanes(settings, session);
  const queries = queryClient();
  return { settings, session, planes, queries, router: makeRouter(settings, planes && { planes, queries }) };
}

function Portal({ settings, session, planes, queries, router }: ReturnType<typeof assemble>) {
  const look = useTheme();
  return (
    <RendererProvider renderer={renderer} targetDocument={document}>
      <FluentProvider theme={THEMES[look.theme]}>
        <LanguageProvider>
          <QueryClientProvider client={queries}>
            <PlanesContext.Provider value={planes}>
              <ThemeContext.Provider value={look}>
                <RouterProvider router={router} />
                {session && <SessionDialog settings={settings} session={session} />}
              </ThemeContext.Provider>
            </PlanesContext.Provider>
          </QueryClientProvider>
        </LanguageProvider>
      </FluentProvider>
    </RendererProvider>
  );
}

/** Before there is anything to draw with. */
function say(text: string): void {
  const root = document.getElementById('root');
  if (root) root.textContent = text;
}

async function start(): Promise<void> {
  const language = preferredLanguage();
  document.documentElement.lang = language;
  const settings = await loadSettings().catch(() => undefined);
  if (!settings) return say(translate(language, 'noSite'));
  if (handOver()) return say(translate(language, 'closeWindow'));
  const finished = await finishSignIn(settings).catch((error: unknown) => {
    say(`${translate(language, 'signInFailed')}: ${error instanceof Error ? error.message : ''}`);
    return 'refused' as const;
  });
  if (finished === 'refused') return;
  if (finished) history.replaceState(null, '', finished.to);
  const page = location.pathname.slice(portalBase.pathname.length).split('/')[0] ?? '';
  if (!finished && !OPEN_PAGES.has(page)) return beginSignIn(settings, here());
  const parts = assemble(settings, finished?.session);
  // What the page shows first is on its way while everything around it is drawn for the first time.
  void parts.router.load();
  const root = document.getElementById('root');
  if (root) createRoot(root).render(<Portal {...parts} />);
}

void start();
