// The registry of chats that alerts go to: one line each; nothing else belongs here.
import type { AlertProvider } from '../contracts.ts';
import { discord } from './discord.ts';
import { gchat } from './gchat.ts';
import { msteams } from './msteams.ts';
import { rocket } from './rocket.ts';
import { slack } from './slack.ts';

export const alertProviders: readonly AlertProvider[] = [discord, gchat, msteams, rocket, slack];
