import { killsAreSurvived } from './kills.ts';

killsAreSurvived('seed0-promote');
