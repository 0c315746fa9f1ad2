/** Ends a run with one line that a script can read: `N passed, N failed`. */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    const brokenSuites = results.testResults.filter((suite) => suite.testExecError).length;
    // Jest prints its own summary on stderr and after this call; the next tick comes behind it.
    process.on('exit', () => {
      process.stdout.write(
        `${results.numPassedTests} passed, ${results.numFailedTests + brokenSuites} failed\n`,
      );
    });
  }
}
