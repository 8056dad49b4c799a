/** The page's worker: the package's engine, and first answers before that. One file, because both have the core. */
import 'image-likeness/worker';
import { serveFirstAnswers } from './first-answer-service.ts';

serveFirstAnswers();
