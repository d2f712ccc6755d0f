// Alerts to Slack: an incoming webhook, or chat.postMessage with the token of a bot. Pure; it must not decide what is worth an alert.
import type { AlertProvider } from '../contracts.ts';
import { post } from './message/post.ts';
import { slackForm } from './message/slack-form.ts';

export const slack: AlertProvider = {
  ids: ['slack'],
  request: (alert, to) => post(to.address, slackForm(alert, to, { usual: 'good', error: 'danger' }), to),
};
