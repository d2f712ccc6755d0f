// The message that Slack takes, and the chats that took over its form: one attachment with fields. Pure; it must not know where the message goes.
import type { Alert } from '../../contracts.ts';

export interface Colours {
  readonly usual: string;
  readonly error: string;
}

export function slackForm(alert: Alert, from: { username: string; channel: string }, colours: Colours): string {
  const attachment = {
    color: alert.severity === 'error' ? colours.error : colours.usual,
    author_name: alert.about,
    text: alert.text,
    mrkdwn_in: ['text'],
    fields: alert.fields.map(([title, value]) => ({ title, value, short: false })),
  };
  return JSON.stringify({
    channel: from.channel,
    username: from.username,
    icon_url: '',
    icon_emoji: ':rocket:',
    attachments: [attachment],
  });
}
