"""What holders of a qualification owe each year, and whether they did it."""
