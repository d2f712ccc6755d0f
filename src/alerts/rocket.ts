// Alerts to Rocket.Chat: Slack's form, colours as numbers. Pure; it must not decide what is worth an alert.
import type { AlertProvider } from '../contracts.ts';
import { post, withoutToken } from './message/post.ts';
import { slackForm } from './message/slack-form.ts';

export const rocket: AlertProvider = {
  ids: ['rocket'],
  request: (alert, to) => post(to.address, slackForm(alert, to, { usual: '#0076D7', error: '#FF0000' }), withoutToken(to)),
};
