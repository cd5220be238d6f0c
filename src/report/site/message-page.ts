import { pageText } from '../html/page.ts';
import { html } from '../html/template.ts';
import { SITE_POLICY, SITE_STYLE } from './site.ts';

/** What the server says where it has no page: what, and what to do. */
export function messagePage(title: string, sentences: readonly string[]): string {
  return pageText({
    title: html`${title}`,
    skipTo: 'said',
    policy: SITE_POLICY,
    style: SITE_STYLE,
    sections: [],
    opening: html`<header>
<p class="eyebrow"><a href="/">← all runs</a></p>
<h1>${title}</h1>
</header>`,
    main: html`<section id="said">${sentences.map((sentence) => html`<p>${sentence}</p>`)}</section>`,
    foot: html`Served by meshbench to this machine alone.`,
  });
}
