"""The forms by which a person changes what is registered of a firm."""
