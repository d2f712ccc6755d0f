import { racesAreSurvived } from './races.ts';

racesAreSurvived(30);
