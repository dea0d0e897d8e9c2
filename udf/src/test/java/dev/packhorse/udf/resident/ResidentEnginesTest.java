package dev.packhorse.udf.resident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Engine;
import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.Latches;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.model.Models;
import dev.packhorse.udf.TinyBert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResidentEnginesTest {

    private final List<ResidentEngines.Lease> leases = new ArrayList<>();

    @AfterEach
    void giveBackAll() {
        leases.forEach(ResidentEngines.Lease::close);
        ResidentEngines.closeIdle();
    }

    private ResidentEngines.Lease lease(EngineSettings settings) {
        var lease = ResidentEngines.lease(settings);
        leases.add(lease);
        return lease;
    }

    private static void assertEncodes(Engine engine) {
        var tokens = engine.tokenize("a text").ids();

        assertThat(engine.embed(List.of(tokens), (r, t, c, n) -> {})).hasSize(1).doesNotContainNull();
    }

    @Test
    void twoLeasesLoadTheEngineOnce() {
        var settings = TinyBert.freshSettings();
        assertThat(ResidentEngines.loads(settings)).isZero();

        var first = lease(settings);
        var second = lease(settings);

        assertThat(second.engine()).isSameAs(first.engine());
        assertThat(first.loaded()).isTrue();
        assertThat(second.loaded()).isFalse();
        assertThat(ResidentEngines.loads(settings)).isEqualTo(1);
    }

    @Test
    void differentSettingsHaveDifferentEngines() {
        assertThat(lease(TinyBert.freshSettings()).engine())
                .isNotSameAs(lease(TinyBert.freshSettings()).engine());
    }

    @Test
    void eightThreadsThatLeaseAtTheSameTimeLoadTheEngineOnce() throws Exception {
        var settings = TinyBert.freshSettings();
        var together = new CyclicBarrier(8);
        Callable<ResidentEngines.Lease> task = () -> {
            together.await();
            return ResidentEngines.lease(settings);
        };
        var threads = Executors.newFixedThreadPool(8);
        try {
            for (Future<ResidentEngines.Lease> future : threads.invokeAll(Collections.nCopies(8, task))) {
                leases.add(future.get());
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(leases).hasSize(8);
        assertThat(leases.stream().map(ResidentEngines.Lease::engine).distinct())
                .hasSize(1);
        assertThat(leases.stream().filter(ResidentEngines.Lease::loaded)).hasSize(1);
        assertThat(ResidentEngines.loads(settings)).isEqualTo(1);
    }

    @Test
    void aLeasedEngineIsNotClosed() {
        var settings = TinyBert.freshSettings();
        var lease = lease(settings);

        ResidentEngines.closeIdle();

        assertEncodes(lease.engine());
        assertThat(lease(settings).engine()).isSameAs(lease.engine());
    }

    @Test
    void anEngineIsKeptForTheNextLease() {
        var settings = TinyBert.freshSettings();
        var first = lease(settings);
        first.close();

        assertThat(lease(settings).engine()).isSameAs(first.engine());
    }

    @Test
    void closingALeaseTwiceCountsOnce() {
        var settings = TinyBert.freshSettings();
        var first = lease(settings);
        var second = lease(settings);
        first.close();
        first.close();

        ResidentEngines.closeIdle();

        assertEncodes(second.engine());
        assertThat(lease(settings).loaded()).isFalse();
    }

    @Test
    void anEngineThatWasClosedIsLoadedAgain() {
        var settings = TinyBert.freshSettings();
        var first = lease(settings);
        first.close();
        ResidentEngines.closeIdle();

        var second = lease(settings);

        assertThat(second.loaded()).isTrue();
        assertThat(second.engine()).isNotSameAs(first.engine());
        assertThat(ResidentEngines.loads(settings)).isEqualTo(2);
        assertEncodes(second.engine());
    }

    @Test
    void aNewEngineClosesTheIdleOnesButThoseLeasedLast() {
        ResidentEngines.closeIdle();
        var leased = TinyBert.freshSettings();
        var stays = lease(leased);
        var settings = new ArrayList<EngineSettings>();
        for (var i = 0; i <= ResidentEngines.IDLE_KEPT; i++) {
            settings.add(TinyBert.freshSettings());
            ResidentEngines.lease(settings.get(i)).close();
        }
        ResidentEngines.lease(settings.get(0)).close(); // so that the second is the one leased longest ago

        lease(TinyBert.freshSettings());

        assertThat(lease(leased).engine()).isSameAs(stays.engine());
        assertEncodes(stays.engine());
        assertThat(settings.stream().map(one -> isOpen(one))).containsExactly(true, false, true);
    }

    /** Whether a lease finds the engine; the first of those that were closed is loaded by it. */
    private boolean isOpen(EngineSettings settings) {
        return !lease(settings).loaded();
    }

    @Test
    void whoWantsAnotherEngineDoesNotWaitForOneThatIsBeingLoaded() throws Exception {
        var loading = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var slow = TinyBert.freshSettings();
        var thread = Executors.newSingleThreadExecutor();
        try {
            var first = thread.submit(() -> ResidentEngines.lease(slow, settings -> {
                loading.countDown();
                Latches.await(go);
                return Engine.open(settings);
            }));
            loading.await();

            var other = TinyBert.freshSettings();
            lease(other).close();
            assertThat(lease(other).loaded()).isFalse();
            assertThat(ResidentEngines.loads(other)).isEqualTo(1);
            assertThat(first).isNotDone();

            go.countDown();
            leases.add(first.get());
            assertEncodes(first.get().engine());
        } finally {
            go.countDown();
            thread.shutdownNow();
        }
    }

    @Test
    void whoWaitedForALoadThatFailsIsToldToo() throws Exception {
        var settings = TinyBert.freshSettings();
        var together = new CyclicBarrier(4);
        var loads = new AtomicInteger();
        Callable<ResidentEngines.Lease> task = () -> {
            together.await();
            return ResidentEngines.lease(settings, wanted -> {
                loads.incrementAndGet();
                throw new ModelException("no such model");
            });
        };
        var threads = Executors.newFixedThreadPool(4);
        try {
            for (Future<ResidentEngines.Lease> future : threads.invokeAll(Collections.nCopies(4, task))) {
                assertThatThrownBy(future::get)
                        .cause()
                        .isInstanceOf(ModelException.class)
                        .hasMessage("no such model");
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(loads.get()).isBetween(1, 4);
        assertThat(lease(settings).loaded()).isTrue();
    }

    @Test
    void aBrokenEngineIsNotFoundAgainAndIsClosedWithItsLastLease() {
        var settings = TinyBert.freshSettings();
        var first = lease(settings);
        var second = lease(settings);
        var broken = first.engine();
        first.discard();

        var third = lease(settings);
        assertThat(third.loaded()).isTrue();
        assertThat(third.engine()).isNotSameAs(broken);
        first.close();
        assertEncodes(broken); // the second lease still has it
        second.close();
        assertThatThrownBy(() -> broken.embed(List.of(new int[] {1}), (r, t, c, n) -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the engine is closed");
        assertEncodes(third.engine());
    }

    @Test
    void aFailedLoadIsNotKeptAndCanSucceedLater(@TempDir Path folder) throws IOException {
        var copy = Fixtures.copyTinyBert(folder);
        var settings = TinyBert.freshSettings(Models.find(copy.toString()));
        var tokenizer = copy.resolve("tokenizer.json");
        var away = Files.move(tokenizer, folder.resolve("away.json"));

        assertThatThrownBy(() -> ResidentEngines.lease(settings))
                .isInstanceOf(ModelException.class)
                .hasMessage("%s: expected a readable file, found: java.nio.file.NoSuchFileException: %s"
                        .formatted(tokenizer, tokenizer));
        assertThat(ResidentEngines.loads(settings)).isZero();

        Files.move(away, tokenizer);
        assertThat(lease(settings).loaded()).isTrue();
        assertThat(ResidentEngines.loads(settings)).isEqualTo(1);
    }
}
