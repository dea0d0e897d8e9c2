package dev.packhorse.engine.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextSlicesTest {

    @Test
    void aShortTextIsItsOwnSlice() {
        assertThat(TextSlices.of("", 2)).containsExactly("");
        assertThat(TextSlices.of("abcd", 4)).containsExactly("abcd");
    }

    @Test
    void aCutFallsInFrontOfTheLastWhiteSpaceThatFits() {
        assertThat(TextSlices.of("one two three", 8)).containsExactly("one two", " three");
        assertThat(TextSlices.of("one two three", 7)).containsExactly("one two", " three");
        assertThat(TextSlices.of("one two three", 6)).containsExactly("one", " two", " three");
    }

    @Test
    void whiteSpaceAtTheVeryStartIsNoPlaceToCut() {
        assertThat(TextSlices.of(" abcdef", 4)).containsExactly(" abc", "def");
    }

    @Test
    void aRunWithoutWhiteSpaceIsCutWhereItMust() {
        assertThat(TextSlices.of("abcdefg", 3)).containsExactly("abc", "def", "g");
    }

    @Test
    void aCutNeverSplitsASurrogatePair() {
        assertThat(TextSlices.of("a😀😀", 2)).containsExactly("a", "😀", "😀");
        assertThat(TextSlices.of("😀😀😀", 3)).containsExactly("😀", "😀", "😀");
    }

    /** BERT's tokenizers drop these as control characters: what stands around one is a single word. */
    @ParameterizedTest
    @ValueSource(chars = {'\u000b', '\f', '\u001c', '\u001d', '\u001e', '\u001f'})
    void aControlCharacterThatJavaCallsWhiteSpaceIsNoPlaceToCut(char control) {
        assertThat(TextSlices.of("a b" + control + "cd", 4)).containsExactly("a", " b" + control + "c", "d");
    }

    @Test
    void slicesAreTheWholeTextInPiecesThatFit() {
        var random = Seeds.random();
        for (var round = 0; round < 500; round++) {
            var text = RandomTexts.any(random, 200);
            var maxChars = random.nextInt(2, 40);
            var slices = TextSlices.of(text, maxChars);
            assertThat(String.join("", slices)).isEqualTo(text);
            assertThat(slices).allSatisfy(slice -> {
                assertThat(slice.length()).isLessThanOrEqualTo(maxChars);
                assertThat(slice.isEmpty()).isEqualTo(text.isEmpty());
            });
        }
    }
}
