// Alerts to Discord, which takes Slack's form below its own webhook's address. Pure; it must not decide what is worth an alert.
import type { AlertProvider, Text } from '../contracts.ts';
import { post, withoutToken } from './message/post.ts';
import { slackForm } from './message/slack-form.ts';

const suffix = '/slack';

export const discord: AlertProvider = {
  ids: ['discord'],
  request: (alert, to) => post(slackDoor(to.address), slackForm(alert, to, { usual: 'good', error: 'danger' }), withoutToken(to)),
};

/** Where nothing but a Secret knows the address, its end cannot be looked at. */
function slackDoor(address: Text): Text {
  if (typeof address !== 'string') return address.at(-1) === suffix ? address : [...address, suffix];
  const at = address.search(/[?#]/);
  const [path, rest] = at < 0 ? [address, ''] : [address.slice(0, at), address.slice(at)];
  const trimmed = path.replace(/\/+$/, '');
  return `${trimmed.endsWith(suffix) ? trimmed : trimmed + suffix}${rest}`;
}
