package dev.packhorse.jobs.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseTest {

    /** That this test may wait; who must wait longer, fails. */
    private static final Duration SHORT = Duration.ofMillis(1_500);

    private static final RunProcess ELSEWHERE = new RunProcess("another machine", 1, "2026-01-01T00:00:00Z");

    @TempDir
    java.nio.file.Path temporary;

    private FileSystem files;
    private Path folder;

    @BeforeEach
    void open() throws IOException {
        files = FileSystem.getLocal(new Configuration()).getRawFileSystem();
        folder = new Path(temporary.toUri());
    }

    private void write(RunProcess process, long beat) throws IOException {
        Lease.write(files, new Path(folder, Lease.FILE), new Lease.Content("a", process, beat, false));
    }

    private boolean isDead(Duration patience) throws IOException {
        return Lease.ofDead(files, folder, patience).isPresent();
    }

    @Test
    void aRunIsAliveWhileItHoldsItsLease() throws IOException {
        try (var lease = Lease.hold(files, folder, "a")) {
            lease.check();

            assertThat(isDead(Duration.ofDays(1))).isFalse();
        }
    }

    @Test
    void aRunWhoseProcessHasEndedHereIsDeadAtOnce() throws Exception {
        var process = new ProcessBuilder("true").start();
        var number = process.pid();
        process.waitFor();

        write(new RunProcess(RunProcess.current().place(), number, "2026-01-01T00:00:00Z"), 0);

        assertThat(isDead(Duration.ofDays(1))).isTrue();
    }

    @Test
    void anotherProcessWithTheSameNumberIsNotTheRuns() throws IOException {
        var current = RunProcess.current();

        write(new RunProcess(current.place(), current.number(), "2020-01-01T00:00:00Z"), 0);

        assertThat(isDead(Duration.ofDays(1))).isTrue();
    }

    @Test
    void aLeaseThatWasGivenUpIsFreeAtOnce() throws IOException {
        Lease.hold(files, folder, "a").end();

        assertThat(isDead(Duration.ofDays(1))).isTrue();
    }

    @Test
    void aRunElsewhereIsDeadWhenItsLeaseStaysTheSame() throws IOException {
        write(ELSEWHERE, 7);

        assertThat(isDead(SHORT)).isTrue();
    }

    @Test
    void aFolderWithoutALeaseIsOfADeadRunWhenItStaysSo() throws IOException {
        assertThat(isDead(SHORT)).isTrue();
    }

    @Test
    void aRunElsewhereIsAliveWhenItsLeaseChanges() throws Exception {
        write(ELSEWHERE, 0);
        var driver = new Thread(() -> {
            try {
                for (var beat = 1; !Thread.currentThread().isInterrupted(); beat++) {
                    write(ELSEWHERE, beat);
                    Thread.sleep(50);
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        driver.start();
        try {
            assertThat(isDead(Duration.ofDays(1))).isFalse();
        } finally {
            driver.interrupt();
            driver.join();
        }
    }

    @Test
    void aDriverThatOnlyStoodStillIsKnownByItsLease() throws IOException {
        write(ELSEWHERE, 7);
        var found = Lease.ofDead(files, folder, SHORT).orElseThrow();

        assertThat(Lease.isStill(files, folder, found)).isTrue();
        write(ELSEWHERE, 8);
        assertThat(Lease.isStill(files, folder, found)).isFalse();
    }

    /** As a second start of a stream has, for the id of its batch is the same. */
    @Test
    void anotherProcessWithTheSameRunTakesTheLease() throws IOException {
        try (var lease = Lease.hold(files, folder, "a")) {
            write(ELSEWHERE, 0);

            assertThat(lease.isOurs()).isFalse();
        }
    }

    @Test
    void aFolderThatIsGoneIsNotMadeAgain() throws IOException {
        var gone = new Path(folder, "gone");
        files.mkdirs(gone);
        var lease = Lease.hold(files, gone, "a");
        files.delete(gone, true);

        assertThatThrownBy(lease::end).isInstanceOf(FileNotFoundException.class);
        assertThat(files.exists(gone)).isFalse();
    }

    @Test
    void aRunFindsThatItsLeaseIsGone() throws IOException {
        try (var lease = Lease.hold(files, folder, "a")) {
            var file = new Path(folder, Lease.FILE);
            var message =
                    "expected the lease %s of this run, found none or another's: this driver stood still for so long that another run took its work"
                            .formatted(file);

            Lease.write(files, file, new Lease.Content("b", RunProcess.current(), 0, false));
            assertThatThrownBy(lease::check)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(message);
            Files.delete(temporary.resolve(Lease.FILE));
            assertThatThrownBy(lease::check)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(message);
        }
    }
}
