package dev.packhorse.engine.transformer;

import java.io.Serializable;

/**
 * Rotary positions (Su et al., arXiv 2104.09864): within each head of width D the numbers i and i + D / 2 are turned
 * together by the angle {@code position * scale * theta^(-2 i / D)}.
 *
 * @param theta the base of the frequencies; 0 where nothing is turned
 * @param scale what all frequencies are multiplied with
 */
public record Rotation(double theta, double scale) implements Serializable {

    /** Nothing is turned. */
    public static final Rotation NONE = new Rotation(0, 1);

    /** The plain rotation of that base. */
    public static Rotation of(double theta) {
        return new Rotation(theta, 1);
    }

    /** Whether anything is turned. */
    public boolean turns() {
        return theta != 0;
    }

    /**
     * The angle by which one position turns each pair of numbers, in radians.
     *
     * @param headSize D
     * @return [D / 2]
     */
    public double[] anglesPerPosition(int headSize) {
        var angles = new double[headSize / 2];
        for (var i = 0; i < angles.length; i++) {
            angles[i] = scale * Math.pow(theta, -2.0 * i / headSize);
        }
        return angles;
    }
}
