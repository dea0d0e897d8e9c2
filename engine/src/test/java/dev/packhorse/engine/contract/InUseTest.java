package dev.packhorse.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Latches;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InUseTest {

    private final InUse inUse = new InUse("the thing");
    private final AtomicInteger closed = new AtomicInteger();

    @Test
    void closingWaitsForWhoUsesItAndNobodyUsesItAfterwards() throws Exception {
        var using = new CountDownLatch(2);
        var end = new CountDownLatch(1);
        var threads = Executors.newFixedThreadPool(3);
        try {
            for (var i = 0; i < 2; i++) { // at the same time
                threads.execute(() -> inUse.use(() -> {
                    using.countDown();
                    Latches.await(end);
                    return closed.get();
                }));
            }
            using.await();
            var closing = threads.submit(() -> inUse.close(closed::incrementAndGet));
            assertThat(closed).hasValue(0);
            end.countDown();
            closing.get();
            assertThat(closed).hasValue(1);
        } finally {
            end.countDown();
            threads.shutdownNow();
        }
        assertThatThrownBy(() -> inUse.use(() -> 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the thing is closed");
    }

    @Test
    void itIsClosedOnce() {
        inUse.close(closed::incrementAndGet);
        inUse.close(closed::incrementAndGet);
        assertThat(closed).hasValue(1);
    }
}
