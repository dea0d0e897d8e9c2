package dev.packhorse.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.EncodedRows;
import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.TorchFixtures;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.model.Head;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NativeMemory;
import dev.packhorse.engine.pooling.Pooler;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Modules whose vectors tell what they were fed: elements 0 to 3 are token id, mask, type and position. */
class TorchModulesTest {

    private static final Head LAST = new Head(List.of(Pooling.LAST_TOKEN), true, List.of());
    private static final List<int[]> ROWS = List.of(new int[] {5, 6, 7}, new int[] {8, 9}, new int[] {4});

    @TempDir
    Path parent;

    @BeforeAll
    static void assume() {
        Natives.assume();
    }

    private Model model(String name) {
        return ModelFolder.read(TorchFixtures.alone(name, parent)).withHead(LAST);
    }

    private static TorchEncoder open(Model model) {
        return TorchEncoder.open(model, Pooler.open(model.head(), 0), 1, "a test");
    }

    /** [3][4], what the rows' last tokens tell. */
    private static List<float[]> told(TorchEncoder encoder) {
        try (var memory = NativeMemory.open(Long.MAX_VALUE)) {
            return Stream.of(EncodedRows.together(memory, encoder, ROWS))
                    .map(vector -> Arrays.copyOf(vector, 4))
                    .toList();
        }
    }

    @Test
    void inputsAreFedByName() {
        try (var encoder = open(model("by-name"))) {
            assertThat(told(encoder))
                    .containsExactly(new float[] {7, 1, 0, 2}, new float[] {9, 1, 0, 1}, new float[] {4, 1, 0, 0});
            assertThat(encoder.info().reason())
                    .isEqualTo("a test; inputs by name: position_ids, token_type_ids, attention_mask, input_ids;"
                            + " token vectors from output");
        }
    }

    @Test
    void inputsOfOtherNamesAreFedByPlace() {
        try (var encoder = open(model("by-place"))) {
            assertThat(told(encoder))
                    .containsExactly(new float[] {7, 1, 0, 0}, new float[] {9, 1, 0, 0}, new float[] {4, 1, 0, 0});
            assertThat(encoder.info().reason())
                    .contains("inputs by place: x is fed input_ids, mask is fed attention_mask, kinds is fed"
                            + " token_type_ids");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tuple,output 0",
        "dict,last_hidden_state",
        "nested,output 0",
        "half,output",
        "turned,output",
        "optional-mask,output"
    })
    void tokenVectorsAreFoundInWhateverTheyAreWrapped(String name, String output) {
        try (var encoder = open(model(name))) {
            assertThat(told(encoder))
                    .containsExactly(new float[] {7, 1, 0, 0}, new float[] {9, 1, 0, 0}, new float[] {4, 1, 0, 0});
            assertThat(encoder.info().reason()).endsWith("; token vectors from " + output);
        }
    }

    @Test
    void whatTheModulePooledIsNotPooledAgain() {
        try (var encoder = open(model("pooled"))) {
            assertThat(told(encoder))
                    .containsExactly(new float[] {18, 3, 0, 0}, new float[] {17, 2, 0, 0}, new float[] {4, 1, 0, 0});
            assertThat(encoder.info().reason()).endsWith("; output pooled by the module");
        }
        var two = ModelFolder.read(parent.resolve("tiny-bert"))
                .withHead(new Head(List.of(Pooling.CLS, Pooling.MEAN), true, List.of()));
        assertRefused(
                two,
                "expected token vectors for a model whose head is cls+mean, found output, which the module pooled already");
    }

    private static void assertRefused(Model model, String message) {
        assertThatThrownBy(() -> open(model).close())
                .isInstanceOf(ModelException.class)
                .hasMessage(model.torchscript().get(0).location() + ": " + message);
    }

    static Stream<Arguments> refused() {
        var again = "; trace it again with a module that takes input_ids and attention_mask";
        return Map.of(
                        "five-inputs",
                        "expected forward to take 1 to 4 tensors, found (input_ids: Tensor, attention_mask: Tensor,"
                                + " token_type_ids: Tensor, position_ids: Tensor, more: Tensor)" + again,
                        "a-number",
                        "expected forward to take 1 to 4 tensors, found (input_ids: Tensor, attention_mask: Tensor,"
                                + " scale: float)" + again,
                        "other-order",
                        "expected parameters that all have a known name, or stand in the order [input_ids,"
                                + " attention_mask], found [attention_mask, x]",
                        "no-tokens",
                        "expected a parameter input_ids, found [attention_mask: Tensor, token_type_ids: Tensor]",
                        "two-of-tokens",
                        "expected one output of vectors [batch, sequence, 32] or [batch, 32], found output 0 float32"
                                + " [2, 3, 32], output 1 float32 [2, 3, 32]; trace it again with a module that gives"
                                + " last_hidden_state alone",
                        "integers",
                        "expected one output of vectors [batch, sequence, 32] or [batch, 32], found output int64"
                                + " [2, 3, 32]; trace it again with a module that gives last_hidden_state alone",
                        "wide",
                        "expected vectors of dimension 32 as configured, found 64 in the output output",
                        "dropout",
                        "expected the same vectors from each call, found others; trace it again after model.eval(),"
                                + " which turns dropout off",
                        "without-mask",
                        "expected vectors that do not depend on padding and on other rows, found some that do, for"
                                + " inputs by name: input_ids; trace it again with a module that takes input_ids and"
                                + " attention_mask by these names, on a batch that has padding (else the mask may be left"
                                + " out), without dynamic quantization",
                        "fixed-size",
                        "expected a module that takes any batch size and sequence length, for inputs by name: input_ids,"
                                + " attention_mask, found that 2 rows of 3 tokens fail: PyTorch failed: shape '[2, 5, 32]'"
                                + " is invalid for input of size 192; trace it again with inputs of these names, in a batch"
                                + " of several rows")
                .entrySet()
                .stream()
                .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatCannotBeFedOrReadIsRefused(String name, String message) {
        assertRefused(model(name), message);
    }

    /** Of a newer PyTorch, say. */
    @Test
    void anOperatorThatThisPyTorchDoesNotHaveIsNamed() {
        var newer =
                TorchFixtures.changed("tuple", "model/code/__torch__.py", "torch.stack(", "torch.stack_of_tomorrow(");
        assertRefused(
                ModelFolder.read(TorchFixtures.alone(newer, parent)),
                "expected a TorchScript file that PyTorch 2.7.1 reads, found Unknown builtin op:"
                        + " aten::stack_of_tomorrow.; trace it again, with that PyTorch or an older one:"
                        + " torch.jit.trace(model.eval(), (input_ids, attention_mask)).save(FILE)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model/data.pkl", "model/constants.pkl", "model/code/__torch__.py"})
    void whatPyTorchCannotReadIsRefused(String entry) {
        var broken = TorchFixtures.changed(
                "tiny-bert",
                entries -> entries.put(entry, Arrays.copyOf(entries.get(entry), entries.get(entry).length / 2)));
        var model = ModelFolder.read(TorchFixtures.alone(broken, parent));
        assertThatThrownBy(() -> open(model).close())
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(model.torchscript().get(0).location()
                        + ": expected a TorchScript file that PyTorch 2.7.1 reads, found ");
    }

    @Test
    void tokenVectorsAreNotTakenWhereTheHeadWantsPooledOnes() {
        assertRefused(
                model("tuple").withHead(LAST.withPoolings(List.of())),
                "expected vectors that the module pooled, found the token vectors output 0");
    }

    @Test
    void aModelWithoutAFileIsNamed() {
        var model = ModelFolder.read(Fixtures.tinyBert());
        assertThatThrownBy(() -> open(model).close())
                .isInstanceOf(ModelException.class)
                .hasMessage("tiny-bert: expected a model with a TorchScript file, found none");
    }
}
