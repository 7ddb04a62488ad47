import { describe, expect, it } from 'vitest';
import { pushImage } from './support/images.ts';
import { expectClean, signIn, startPortal } from './support/portal.ts';

describe.each(['signed', 'azure'])('where downloads are redirected (%s)', (redirect) => {
  it('the configuration of an image is read from the data host, by no other site', async () => {
    const portal = await startPortal({ config: `distribution: { redirect: ${redirect} }\n` });
    try {
      const { site } = portal;
      await pushImage(site, 'app/api', 'v1', { history: ['COPY dist'], labels: { team: 'blue' } });
      const visit = await portal.visit();
      await visit.page.goto(`${portal.origin}/r/registry/repo/app/api/~/tags/v1`);
      await signIn(visit.page, site.bootstrap.owner);
      await visit.page.waitForSelector('td:text-is("COPY dist")');
      await visit.page.waitForSelector('dd:text-is("team=blue")');
      expect([...visit.hosts]).toContain(`data.${site.bootstrap.domain}`);
      expectClean(visit, site.bootstrap.domain);
    } finally {
      await portal.stop();
    }
  });
});
