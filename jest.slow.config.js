import config from './jest.config.js';

/** The tests that are slow by nature: floods, fuzzing, idle connections, long simulations, workers that are killed, commands as processes. `npm run test:slow` runs them. */
export default {
  ...config,
  testMatch: ['<rootDir>/test/**/*.slow.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
};
