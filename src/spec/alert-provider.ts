// The AlertProvider document, declared once. Pure data.
import { oneOf, text } from './fields.ts';
import { object } from './kernel.ts';
import { frame } from './metadata.ts';
import { isHttpUrl, isName } from './names.ts';

export const alertProviderFields = {
  ...frame,
  spec: object(
    {
      type: oneOf(['slack', 'msteams', 'discord', 'rocket', 'gchat'], { required: true, doc: 'The chat.' }),
      channel: text({ doc: 'The channel; general when left out.' }),
      username: text({ doc: 'Who speaks; flagger when left out.' }),
      address: text({ check: isHttpUrl, doc: 'The address of the incoming webhook.' }),
      proxy: text({ check: isHttpUrl, doc: 'The proxy on the way there.' }),
      secretRef: object(
        { name: text({ required: true, check: isName, doc: 'The name of the Secret.' }) },
        { doc: 'The Secret with address, and token where there is one.' },
      ),
    },
    { required: true, doc: 'Which chat, and where.' },
  ),
};

export const alertProviderDocument = object(alertProviderFields, { doc: 'A chat that Canaries send alerts to.' });
