package dev.packhorse.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TorchFailureTest {

    @Test
    void theErrorBelowAPythonStackIsWhatCounts() {
        assertThat(TorchFailure.line("""
                        The following operation failed in the TorchScript interpreter.
                        Traceback of TorchScript, serialized code (most recent call last):
                          File "code/__torch__.py", line 7, in forward
                            return torch.reshape(x, [2, 5])
                                   ~~~~~~~~~~~~~ <--- HERE
                        RuntimeError: shape '[2, 5]' is invalid for input of size 6
                        """)).isEqualTo("shape '[2, 5]' is invalid for input of size 6");
    }

    @Test
    void elseTheFirstLine() {
        assertThat(TorchFailure.line("\nUnknown builtin op: aten::new_one.\nHere are some suggestions:\n"))
                .isEqualTo("Unknown builtin op: aten::new_one.");
        assertThat(TorchFailure.of(new IllegalStateException("outer", new IllegalArgumentException("inner"))))
                .isEqualTo("inner");
        assertThat(TorchFailure.line("")).isEmpty();
    }
}
