package dev.packhorse.jobs.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.packhorse.engine.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlaneTest {

    private static final int DIMENSION = 8;

    /** Points of a plane, put into space: a times one unit vector, b times another one, and a place that all share. */
    private static float[] inSpace(double a, double b) {
        var vector = new float[DIMENSION];
        for (var i = 0; i < DIMENSION; i++) {
            vector[i] = (float) (5 + (i % 2 == 0 ? a : b) / 2); // four of each: length 1
        }
        return vector;
    }

    private static double distance(double[] a, double[] b) {
        return Math.hypot(a[0] - b[0], a[1] - b[1]);
    }

    private static double distance(float[] a, float[] b) {
        var sum = 0.0;
        for (var i = 0; i < a.length; i++) {
            sum += Math.pow(a[i] - b[i], 2);
        }
        return Math.sqrt(sum);
    }

    private static List<float[]> random(RandomGenerator random, int count, int dimension) {
        var vectors = new ArrayList<float[]>();
        for (var i = 0; i < count; i++) {
            var vector = new float[dimension];
            for (var j = 0; j < dimension; j++) {
                vector[j] = (float) random.nextGaussian() * (dimension - j);
            }
            vectors.add(vector);
        }
        return vectors;
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 30}) // fewer vectors than dimensions, and more
    void vectorsOfAPlaneKeepTheirDistances(int count) {
        var random = Seeds.random();
        var vectors = new ArrayList<float[]>();
        for (var i = 0; i < count; i++) {
            vectors.add(inSpace(random.nextGaussian() * 3, random.nextGaussian()));
        }

        var plane = Plane.of(vectors);

        for (var i = 0; i < count; i++) {
            for (var j = 0; j < i; j++) {
                assertThat(distance(plane.points()[i], plane.points()[j]))
                        .isCloseTo(distance(vectors.get(i), vectors.get(j)), within(1e-4));
            }
        }
        assertThat(plane.shares()[0] + plane.shares()[1]).isCloseTo(1, within(1e-6));
        assertThat(plane.shares()[0]).isGreaterThanOrEqualTo(plane.shares()[1]);
    }

    @Test
    void theFirstAxisIsTheOneInWhichVectorsDifferMost() {
        var plane = Plane.of(List.of(inSpace(-10, 1), inSpace(0, -2), inSpace(10, 1)));

        assertThat(plane.shares()[0]).isCloseTo(200.0 / 206, within(1e-6));
        assertThat(plane.shares()[1]).isCloseTo(6.0 / 206, within(1e-6));
        assertThat(plane.points()[1]).containsExactly(new double[] {0, 2}, within(1e-4)); // its farthest is positive
        assertThat(Math.abs(plane.points()[0][0])).isCloseTo(10, within(1e-4));
        assertThat(plane.points()[0][1]).isCloseTo(-1, within(1e-4));
    }

    @Test
    void bothWaysToItFindTheSame() {
        var vectors = random(Seeds.random(), 12, 11);
        var wider = new ArrayList<>(vectors); // by two dimensions that say nothing: the other way is taken
        wider.replaceAll(vector -> Arrays.copyOf(vector, 13));

        var a = Plane.of(vectors);
        var b = Plane.of(wider);

        for (var i = 0; i < a.points().length; i++) {
            assertThat(a.points()[i]).containsExactly(b.points()[i], within(1e-6));
        }
    }

    @Test
    void vectorsThatDoNotDifferAreOnePoint() {
        var plane = Plane.of(List.of(inSpace(1, 2), inSpace(1, 2), inSpace(1, 2)));

        for (var point : plane.points()) {
            assertThat(point).containsExactly(new double[2], within(1e-9));
        }
        assertThat(plane.shares()).containsExactly(0, 0);
    }

    @Test
    void theSameVectorsGiveTheSamePicture() {
        var vectors = random(new Random(5), 100, 24);

        assertThat(Plane.of(vectors).points()).isDeepEqualTo(Plane.of(vectors).points());
    }
}
