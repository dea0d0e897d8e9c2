package dev.packhorse.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.families.Architecture;
import dev.packhorse.engine.padded.InputKind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TorchInputsTest {

    private static List<Parameter> tensors(String... names) {
        return Stream.of(names).map(name -> new Parameter(name, "Tensor")).toList();
    }

    private static TorchInputs of(String... names) {
        return TorchInputs.of(tensors(names), "model.pt", 0);
    }

    private static void assertRefused(List<Parameter> parameters, int padding, String message) {
        assertThatThrownBy(() -> TorchInputs.of(parameters, "model.pt", padding))
                .isInstanceOf(ModelException.class)
                .hasMessage("model.pt: expected " + message);
    }

    @Test
    void knownNamesAreFedByName() {
        var inputs = of("position_ids", "input_ids", "attention_mask");
        assertThat(inputs.kinds()).containsExactly(InputKind.POSITIONS, InputKind.TOKENS, InputKind.MASK);
        assertThat(inputs.description()).isEqualTo("inputs by name: position_ids, input_ids, attention_mask");
    }

    @Test
    void otherNamesAreFedByPlace() {
        var inputs = of("x", "argument_1", "token_type_ids", "argument_3");
        assertThat(inputs.kinds()).containsExactly(InputKind.values());
        assertThat(inputs.description())
                .isEqualTo("inputs by place: x is fed input_ids, argument_1 is fed attention_mask,"
                        + " token_type_ids is fed token_type_ids, argument_3 is fed position_ids");
        assertThat(of("x").kinds()).containsExactly(InputKind.TOKENS);
    }

    @Test
    void whatCannotBeFedIsRefused() {
        var five = tensors("a", "b", "c", "d", "e");
        assertRefused(
                five,
                0,
                "forward to take 1 to 4 tensors, found (a: Tensor, b: Tensor, c: Tensor, d: Tensor, e: Tensor);"
                        + " trace it again with a module that takes input_ids and attention_mask");
        assertRefused(
                List.of(),
                0,
                "forward to take 1 to 4 tensors, found ();"
                        + " trace it again with a module that takes input_ids and attention_mask");
        assertRefused(
                List.of(new Parameter("input_ids", "Tensor"), new Parameter("scale", "float")),
                0,
                "forward to take 1 to 4 tensors, found (input_ids: Tensor, scale: float);"
                        + " trace it again with a module that takes input_ids and attention_mask");
        assertRefused(
                tensors("attention_mask", "token_type_ids"),
                0,
                "a parameter input_ids, found [attention_mask: Tensor, token_type_ids: Tensor]");
        assertRefused(
                tensors("attention_mask", "x"),
                0,
                "parameters that all have a known name, or stand in the order [input_ids, attention_mask],"
                        + " found [attention_mask, x]");
    }

    @Test
    void positionsWantAConfiguration() {
        assertRefused(
                tensors("input_ids", "position_ids"),
                Architecture.UNKNOWN_PADDING,
                "no position_ids, or a config.json that tells where positions begin, found them and no config.json;"
                        + " put it beside the file");
    }
}
