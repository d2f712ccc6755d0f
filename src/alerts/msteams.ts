// Alerts to Microsoft Teams, as a MessageCard. Pure; it must not decide what is worth an alert.
import type { Alert, AlertProvider } from '../contracts.ts';
import { post, withoutToken } from './message/post.ts';

export const msteams: AlertProvider = {
  ids: ['msteams'],
  request: (alert, to) => post(to.address, messageCard(alert), withoutToken(to)),
};

function messageCard({ severity, text, about, fields }: Alert): string {
  return JSON.stringify({
    '@type': 'MessageCard',
    '@context': 'http://schema.org/extensions',
    themeColor: severity === 'error' ? 'FF0000' : '0076D7',
    summary: about,
    sections: [{ activityTitle: text, activitySubtitle: about, facts: fields.map(([name, value]) => ({ name, value })) }],
  });
}
