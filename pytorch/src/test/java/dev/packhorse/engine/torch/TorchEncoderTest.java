package dev.packhorse.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import dev.packhorse.engine.Closeness;
import dev.packhorse.engine.EncodedRows;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.ResidentMemory;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.TorchFixtures;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.pooling.Pooler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchEncoderTest {

    @TempDir
    Path parent;

    private final RandomGenerator random = Seeds.random();
    private NativeMemory memory;
    private Path folder;
    private Model model;

    @BeforeEach
    void copy() {
        Natives.assume();
        memory = NativeMemory.open(Long.MAX_VALUE);
        folder = TorchFixtures.alone("tiny-bert", parent);
        model = ModelFolder.read(folder);
    }

    @AfterEach
    void close() {
        if (memory != null) {
            memory.close();
        }
    }

    private TorchEncoder open(int threads) {
        return TorchEncoder.open(model, Pooler.open(model.head(), 0), threads, "a test");
    }

    private List<int[]> rows(int count) {
        return IntStream.range(0, count).mapToObj(b -> Seeds.tokens(random, 64)).toList();
    }

    @Test
    void everyVectorIsThatOfTheReference() {
        var reference = Fixtures.reference("tiny-bert");
        try (var encoder = open(1)) {
            for (var vectors : List.of(
                    EncodedRows.together(memory, encoder, reference.tokenIds()),
                    EncodedRows.alone(memory, encoder, reference.tokenIds()))) {
                assertThat(Closeness.worst(reference.vectors(), vectors).difference())
                        .isLessThanOrEqualTo(1e-5);
            }
        }
    }

    @Test
    void itSaysWhatItIs() {
        try (var encoder = open(1)) {
            assertThat(encoder.info())
                    .hasToString("pytorch-padded on cpu, float32, PyTorch 2.7.1's own (a test; inputs by name:"
                            + " input_ids, attention_mask, token_type_ids; token vectors from output)");
            assertThat(encoder.info().padded()).isTrue();
            assertThat(encoder.info().dimension()).isEqualTo(32);
        }
    }

    @Test
    void theFailureOfABatchIsSaidInOneLine() {
        try (var encoder = open(1)) {
            assertThatThrownBy(() -> EncodedRows.together(memory, encoder, List.of(new int[] {2, 550, 3})))
                    .isInstanceOf(EncoderException.class)
                    .hasMessage("PyTorch failed: index out of range in self");
        }
    }

    @Test
    void callsComputeWithAsManyThreadsAsTheirEncoderHas() {
        var rows = rows(20);
        try (var one = open(1)) {
            assertThat(JniUtils.getNumThreads()).isEqualTo(1);
            assertThat(JniUtils.getNumInteropThreads()).isEqualTo(1);
            var vectors = EncodedRows.together(memory, one, rows);
            try (var two = open(2)) {
                assertThat(Closeness.worst(vectors, EncodedRows.together(memory, two, rows))
                                .difference())
                        .isLessThan(1e-6);
                assertThat(JniUtils.getNumThreads()).isEqualTo(2);
                assertThat(EncodedRows.together(memory, one, rows)).isDeepEqualTo(vectors);
                assertThat(JniUtils.getNumThreads()).isEqualTo(1);
            }
        }
    }

    @Test
    void theOpenEncoderNeedsItsFileNoMore() throws IOException {
        var rows = rows(3);
        try (var encoder = open(1)) {
            var before = EncodedRows.together(memory, encoder, rows);
            Files.delete(folder.resolve("torchscript/model.pt"));
            assertThat(EncodedRows.together(memory, encoder, rows)).isDeepEqualTo(before);
        }
    }

    @Test
    void batchesLeaveNoTensorsBehind() {
        try (var encoder = open(1)) {
            EncodedRows.together(memory, encoder, rows(3));
            var before = managed();
            for (var i = 0; i < 20; i++) {
                EncodedRows.together(memory, encoder, rows(5));
                assertThatThrownBy(() -> EncodedRows.together(memory, encoder, List.of(new int[129])))
                        .isInstanceOf(EncoderException.class);
            }
            assertThat(managed()).isEqualTo(before);
        }
    }

    /** All that DJL holds of PyTorch's: managers, tensors, modules. */
    private static String managed() {
        try (var manager = Engine.getEngine("PyTorch").newBaseManager()) {
            var system = manager.getParentManager();
            return "%d arrays".formatted(system.getManagedArrays().size());
        }
    }

    @Test
    void encodersThatAreClosedLeaveNoMemoryBehind() throws IOException {
        var rows = rows(4);
        ResidentMemory.assertNoLeak("modules opened and closed", times -> {
            for (var i = 0; i < times; i++) {
                try (var encoder = open(1)) {
                    EncodedRows.together(memory, encoder, rows);
                }
            }
        });
    }

    @Test
    void batchesLeaveNoMemoryBehind() throws IOException {
        var rows = rows(8);
        try (var encoder = open(1)) {
            ResidentMemory.assertNoLeak("batches", times -> {
                for (var i = 0; i < times; i++) {
                    EncodedRows.together(memory, encoder, rows);
                }
            });
        }
    }

    @Test
    void openingKeepsDjlOffTheNetworkAndTheContextClassLoaderAsItWas() {
        var context = Thread.currentThread().getContextClassLoader();
        open(1).close();
        assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(context);
    }

    @Test
    void theJarsThatMessagesNameAreThoseOfTheBuild() throws IOException {
        open(1).close();
        assertThat(TorchSupport.missing()).isEmpty();
        assertThat(Engine.getEngine("PyTorch").getVersion()).isEqualTo(TorchSupport.VERSION);
        assertThat(TorchSupport.JARS)
                .containsExactly(
                        "ai.djl.pytorch:pytorch-engine:" + property("pytorch-engine.properties", "djl_version"),
                        "ai.djl.pytorch:pytorch-jni:" + property("jnilib/pytorch.properties", "jni_version"),
                        "ai.djl.pytorch:pytorch-native-cpu:" + TorchSupport.VERSION + ":"
                                + property("native/lib/pytorch.properties", "classifier"));
    }

    private static String property(String resource, String key) throws IOException {
        var properties = new Properties();
        try (var in = TorchEncoderTest.class.getResourceAsStream("/" + resource)) {
            properties.load(in);
        }
        return properties.getProperty(key);
    }
}
