#!/usr/bin/env node
// Hands the arguments over; the process ends by itself when nothing is left to do.
import { main } from '../dist/main.js';

process.exitCode = await main(process.argv.slice(2));
