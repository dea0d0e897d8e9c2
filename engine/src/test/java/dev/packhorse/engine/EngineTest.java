package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.tokenize.TokenizerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineTest {

    private static final BatchListener NOBODY = (rows, tokens, computedTokens, nanos) -> {};

    @TempDir
    Path folder;

    private static EngineSettings settings(Model model) {
        return new EngineSettings(model, Precision.FLOAT32, PathChoice.SLOW, 1024, 1);
    }

    @Test
    void anOpenedModelTokenizesAndEmbeds() {
        try (var engine = Engine.open(settings(ModelFolder.read(Fixtures.tinyBert())))) {
            assertThat(engine.info().dimension()).isEqualTo(32);
            var answers = engine.embed(List.of(engine.tokenize("a mule").ids()), NOBODY);
            assertThat(answers).singleElement().isInstanceOfSatisfying(Embedded.Vector.class, vector -> assertThat(
                            vector.values())
                    .hasSize(32));
        }
    }

    @Test
    void anEncoderOfAnotherPrecisionIsRefused() {
        var info = new EncoderInfo("fake", new Device.Cpu(), Precision.FLOAT32, "loops", 2, true, "it is a test");
        Engine.checkPrecision(info, Precision.FLOAT32);
        assertThatThrownBy(() -> Engine.checkPrecision(info, Precision.INT8))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "expected an encoder that computes in int8, found fake on cpu, float32, loops (it is a test)");
    }

    @Test
    void aRowThatTheModelCannotEncodeDoesNotTakeTheOthersWithIt() {
        try (var engine = Engine.open(settings(ModelFolder.read(Fixtures.tinyBert())))) {
            var good = engine.tokenize("a mule").ids();
            var outsideTheVocabulary = new int[] {2, 550, 4711, 3};
            var answers = engine.embed(List.of(good, outsideTheVocabulary, good), NOBODY);
            assertThat(answers[0]).isInstanceOf(Embedded.Vector.class);
            assertThat(answers[1]).isInstanceOfSatisfying(Embedded.Failed.class, failed -> assertThat(failed.reason())
                    .startsWith("ONNX Runtime failed: "));
            assertThat(answers[2]).isInstanceOf(Embedded.Vector.class);
        }
    }

    private static final Device NONE_SUCH = new Device.Gpu("1234"); // of a machine with GPUs, too

    @Test
    void anEngineThatIsBoundToAGpuWhichIsNotThereIsAnError() {
        assertCannotOpen(settings(ModelFolder.read(Fixtures.tinyBert())).on(NONE_SUCH))
                .isInstanceOf(EncoderException.class)
                .hasMessageStartingWith("--device cuda:1234: expected a GPU ")
                .hasMessageEndingWith("; --device auto takes a GPU where there is one, and --device cpu none");
    }

    @Test
    void anEngineThatMayComputeOnTheCpuInsteadDoesAndSaysSo() {
        var settings = settings(ModelFolder.read(Fixtures.tinyBert())).placed(new Placement(NONE_SUCH, true, ""));
        try (var engine = Engine.open(settings)) {
            assertThat(engine.info().device()).isEqualTo(new Device.Cpu());
            assertThat(engine.info().reason())
                    .startsWith("slow path: asked for; bound to cuda:1234, not on it, for cuda: expected a GPU ");
        }
    }

    @Test
    void whatIsToBeSaidOfThePlaceIsSaid() {
        var settings = settings(ModelFolder.read(Fixtures.tinyBert())).placed(Placement.onCpuFor("it is a test"));
        try (var engine = Engine.open(settings)) {
            assertThat(engine.info().reason()).isEqualTo("slow path: asked for; it is a test");
        }
    }

    @Test
    void aClosedEngineSaysSo() {
        var engine = Engine.open(settings(ModelFolder.read(Fixtures.tinyBert())));
        engine.close();
        engine.close();
        assertThatThrownBy(() -> engine.tokenize("a mule"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the tokenizer is closed");
    }

    @Test
    void aBrokenTokenizerIsNamed() throws IOException {
        var copy = Fixtures.copyTinyBert(folder);
        Files.writeString(copy.resolve("tokenizer.json"), "{}");
        assertCannotOpen(settings(ModelFolder.read(copy)))
                .isInstanceOf(TokenizerException.class)
                .hasMessage(copy.resolve("tokenizer.json")
                        + ": expected a tokenizer.json with an object named \"model\", found none");
    }

    @Test
    void aBrokenGraphIsNamed() {
        assertThatThrownBy(() -> OddGraphs.tinyBertWith("no graph".getBytes(StandardCharsets.UTF_8), folder))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(folder.resolve("tiny-bert/onnx/model.onnx") + ": expected ");
    }

    @Test
    void aMaximumLengthWithoutRoomForATextIsRefused() {
        var model = ModelFolder.read(Fixtures.tinyBert()).withMaxSeqLength(2);
        assertCannotOpen(settings(model))
                .isInstanceOf(TokenizerException.class)
                .hasMessageStartingWith(model.tokenizer().location() + ": expected a maximum length above its 2");
    }

    @Test
    void aBudgetWithoutRoomForATokenIsRefused() {
        assertCannotOpen(new EngineSettings(
                        ModelFolder.read(Fixtures.tinyBert()), Precision.FLOAT32, PathChoice.SLOW, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a token budget of at least 1, found 0");
    }

    @Test
    void aModelThatAnswersWithoutNumbersIsFoundWhenItIsOpened() {
        assertCannotOpen(settings(OddGraphs.tinyBertWith("not-a-number", folder)))
                .isInstanceOf(EncoderException.class)
                .hasMessage("tiny-bert was loaded but cannot encode: the encoder gave a vector that is not finite");
    }

    @Test
    void aModelThatAnswersInIntegersIsFoundWhenItIsOpened() {
        assertCannotOpen(settings(OddGraphs.tinyBertWith("integers", folder)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("found the outputs last_hidden_state INT64 [-1, -1, 32]");
    }

    /**
     * Had the failure left a batch open, closing the memory would have failed in its place; had closing anything else
     * failed, it would be suppressed in it.
     */
    private static AbstractThrowableAssert<?, ? extends Throwable> assertCannotOpen(EngineSettings settings) {
        return assertThatThrownBy(() -> Engine.open(settings)).hasNoSuppressedExceptions();
    }

    @Test
    void whatWasOpenedBeforeTheFailureIsClosed() throws IOException {
        var settings = settings(OddGraphs.tinyBertWith("not-a-number", folder));
        ResidentMemory.assertNoLeak("engines that failed to open", times -> {
            for (var i = 0; i < times; i++) {
                assertCannotOpen(settings).isInstanceOf(EncoderException.class);
            }
        });
    }
}
