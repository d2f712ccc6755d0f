// The AlertProvider document, declared once. Pure data.
import { oneOf, text } from './fields.ts';
import { object } from './kernel.ts';
import type { Infer } from './kernel.ts';
import { frame } from './metadata.ts';
import { isName, isPlain, isSecretUrl, unlessEmpty } from './names.ts';

export const alertProviderFields = {
  ...frame,
  spec: object(
    {
      type: oneOf(['slack', 'msteams', 'discord', 'rocket', 'gchat'], { required: true, doc: 'The chat.' }),
      channel: text({ default: 'general', check: isLine, doc: 'The channel.' }),
      username: text({ default: 'flagger', check: isLine, doc: 'Who speaks.' }),
      address: text({ check: unlessEmpty(isSecretUrl), doc: 'The address of the incoming webhook.' }),
      proxy: text({ check: unlessEmpty(isSecretUrl), doc: 'The proxy on the way there.' }),
      secretRef: object(
        { name: text({ required: true, check: isName, doc: 'The name of the Secret.' }) },
        { doc: 'The Secret with address, and token where there is one; its address wins.' },
      ),
    },
    { required: true, check: isSomewhere, doc: 'Which chat, and where.' },
  ),
};

function isSomewhere({ address, secretRef }: { readonly address?: unknown; readonly secretRef?: unknown }): string | undefined {
  if (Boolean(address) || secretRef !== undefined) return undefined;
  return 'nothing says where alerts go; write address, or secretRef with the name of a Secret that holds address';
}

function isLine(value: string): string | undefined {
  return isPlain(value) ? undefined : 'expected a text without control characters';
}

export type AlertProviderDocument = Infer<typeof alertProviderFields>;
export const alertProviderDocument = object(alertProviderFields, { doc: 'A chat that Canaries send alerts to.' });
