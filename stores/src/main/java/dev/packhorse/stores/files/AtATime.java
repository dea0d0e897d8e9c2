package dev.packhorse.stores.files;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** Does many small things with files a few at a time, for each of them is a call to a server where files are far away. */
final class AtATime {

    private static final int THREADS = 16;

    private AtATime() {}

    /** Does them all, in any order; fails with the first failure. */
    static void run(List<Failures.Deed> deeds) throws IOException {
        if (deeds.isEmpty()) {
            return;
        }
        var threads = Executors.newFixedThreadPool(Math.min(THREADS, deeds.size()));
        try {
            var calls = deeds.stream()
                    .map(deed -> (Callable<Boolean>) () -> {
                        deed.run();
                        return true;
                    })
                    .toList();
            for (var done : threads.invokeAll(calls)) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while files were put in place");
        } finally {
            threads.shutdownNow();
        }
    }
}
