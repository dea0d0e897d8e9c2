package dev.packhorse.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ForwardSignatureTest {

    private static final String CODE = """
            class Other(Module):
              __parameters__ = []
              def forward(self: __torch__.Other,
                x: Tensor) -> Tensor:
                return x
            class Model(Module):
              __parameters__ = ["weight", ]
              weight : Tensor
              def helper(self: __torch__.Model,
                y: Tensor) -> Tensor:
                return y
              def forward(self: __torch__.Model,
                input_ids: Tensor,
                mask: Optional[Tensor]=None,
                pair: Tuple[int, Dict[str, Tensor]]=(1, {"a": 2}),
                scale: float=annotate(float, 1.0)) -> Tuple[Tensor, Tensor]:
                return (input_ids, input_ids)
            class Last(Module):
              def helper(self: __torch__.Last) -> Tensor:
                return self.x
            def forward(x: Tensor) -> Tensor:
              return x
            """;

    @Test
    void namesAndTypesAreThoseOfTheClassThatWasAskedFor() {
        assertThat(ForwardSignature.read(CODE, "Model").orElseThrow())
                .containsExactly(
                        new Parameter("input_ids", "Tensor"),
                        new Parameter("mask", "Optional[Tensor]"),
                        new Parameter("pair", "Tuple[int, Dict[str, Tensor]]"),
                        new Parameter("scale", "float"));
        assertThat(ForwardSignature.read(CODE, "Other").orElseThrow()).containsExactly(new Parameter("x", "Tensor"));
    }

    @Test
    void aModuleThatTakesNothingHasNoParameters() {
        assertThat(ForwardSignature.read("class M(Module):\n  def forward(self: M) -> Tensor:\n", "M")
                        .orElseThrow())
                .isEmpty();
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertThat(ForwardSignature.read(CODE, "Mod")).as("no such class").isEmpty();
        assertThat(ForwardSignature.read(CODE, "Last")).as("no forward").isEmpty();
        assertThat(ForwardSignature.read("class M(Module):\n  def forward(self: M, x", "M"))
                .as("cut off")
                .isEmpty();
        assertThat(ForwardSignature.read("", "M")).isEmpty();
    }
}
