"""What every room speaks: bilingual words, errors, money, time and ids."""
