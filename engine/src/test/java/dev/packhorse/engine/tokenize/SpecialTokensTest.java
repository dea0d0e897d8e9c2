package dev.packhorse.engine.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SpecialTokensTest {

    @Test
    void whatStandsAroundTheTextIsSpecial() {
        var special = SpecialTokens.probe(new int[] {101, 102, 7, 8, 103}, new int[] {7, 8}, "here");
        assertThat(special.before()).containsExactly(101, 102);
        assertThat(special.after()).containsExactly(103);
        assertThat(special.count()).isEqualTo(3);
    }

    @Test
    void aTokenizerMayHaveNone() {
        var special = SpecialTokens.probe(new int[] {7}, new int[] {7}, "here");
        assertThat(special.count()).isZero();
        assertThat(special.around(new int[] {1, 2, 3}, 2)).containsExactly(1, 2);
    }

    @Test
    void onlyTheFirstTokensOfATextGoBetweenThem() {
        var special = new SpecialTokens(new int[] {101}, new int[] {102, 103});
        assertThat(special.around(new int[] {1, 2, 3}, 2)).containsExactly(101, 1, 2, 102, 103);
        assertThat(special.around(new int[] {1, 2, 3}, 3)).containsExactly(101, 1, 2, 3, 102, 103);
        assertThat(special.around(new int[0], 0)).containsExactly(101, 102, 103);
    }

    @Test
    void aTextThatDoesNotStandInOnePieceIsRefused() {
        assertThatThrownBy(() -> SpecialTokens.probe(new int[] {101, 7, 102, 8, 103}, new int[] {7, 8}, "here"))
                .isInstanceOf(TokenizerException.class)
                .hasMessage("here: expected special tokens before and after a text,"
                        + " found [101, 7, 102, 8, 103] for the text's own [7, 8]");
    }

    @Test
    void aTextWithoutTokensTeachesNothing() {
        assertThatThrownBy(() -> SpecialTokens.probe(new int[] {101, 102}, new int[0], "here"))
                .isInstanceOf(TokenizerException.class)
                .hasMessage(
                        "here: expected special tokens before and after a text, found [101, 102] for the text's own []");
    }
}
